package com.sutazai.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.security.ClosedMode;
import com.sutazai.testing.RawConnection;
import io.quarkus.test.common.http.TestHTTPResource;
import io.quarkus.test.junit.QuarkusTest;
import io.quarkus.test.junit.TestProfile;
import java.io.ByteArrayInputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;

/** The page's own files, asked for without credentials where all else needs some. */
@QuarkusTest
@TestProfile(ClosedMode.class)
class PageTest {
  private static final String BROWSER =
      "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";

  private static final Pattern STYLE =
      Pattern.compile("href=\"(/assets/style\\.[0-9a-f]+\\.css)\"");

  private static final Pattern SCRIPT = Pattern.compile("src=\"(/assets/live\\.[0-9a-f]+\\.js)\"");
  private static final Pattern ASKED = Pattern.compile("await get\\(\"(/[^\"]+)\"");

  private final HttpClient client = HttpClient.newHttpClient();

  @TestHTTPResource("/")
  @SuppressWarnings("NullAway.Init")
  URI root;

  private HttpResponse<byte[]> send(String method, String path, String... headers)
      throws Exception {
    var request =
        HttpRequest.newBuilder(root.resolve(path)).method(method, BodyPublishers.noBody());
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofByteArray());
  }

  private static String header(HttpResponse<?> answer, String name) {
    return String.join(", ", answer.headers().allValues(name));
  }

  private static String text(HttpResponse<byte[]> answer) {
    return new String(answer.body(), StandardCharsets.UTF_8);
  }

  private String style() throws Exception {
    Matcher style = STYLE.matcher(text(send("GET", "/", "Accept", BROWSER)));
    assertThat(style.find()).isTrue();
    return style.group(1);
  }

  @Test
  void a_browser_gets_the_page_and_asks_each_time_whether_it_changed() throws Exception {
    // When
    var page = send("GET", "/", "Accept", BROWSER);

    // Then
    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(text(page)).contains("<title>SutazAI</title>");
    assertThat(header(page, "Content-Type")).isEqualTo("text/html; charset=utf-8");
    assertThat(header(page, "Cache-Control")).isEqualTo("no-cache");
    assertThat(header(page, "Vary").toLowerCase()).isEqualTo("accept, accept-encoding");
    assertThat(header(page, "Content-Security-Policy")).startsWith("default-src 'self';");
    var again = send("GET", "/", "Accept", BROWSER, "If-None-Match", header(page, "ETag"));
    assertThat(again.statusCode()).isEqualTo(304);
    assertThat(again.body()).isEmpty();
  }

  @Test
  void who_does_not_ask_for_html_looks_for_ollama() throws Exception {
    for (String accept : new String[] {"*/*", "application/json", "text/html;q=0, */*"}) {
      assertThat(text(send("GET", "/", "Accept", accept))).isEqualTo("Ollama is running");
    }
    assertThat(text(send("GET", "/"))).isEqualTo("Ollama is running");
    var head = send("HEAD", "/", "Accept", BROWSER);
    assertThat(header(head, "Content-Type")).startsWith("text/plain");
    assertThat(header(head, "Vary").toLowerCase()).isEqualTo("accept");
  }

  @Test
  void an_asset_may_be_kept_for_ever() throws Exception {
    // When
    var asset = send("GET", style());

    // Then
    assertThat(asset.statusCode()).isEqualTo(200);
    assertThat(header(asset, "Content-Type")).isEqualTo("text/css; charset=utf-8");
    assertThat(header(asset, "Cache-Control")).isEqualTo("public, max-age=31536000, immutable");
    assertThat(header(asset, "Vary").toLowerCase()).isEqualTo("accept-encoding");
    assertThat(header(asset, "Content-Encoding")).isEmpty();
    assertThat(text(asset)).contains("body {");
  }

  /**
   * What it shows comes from routes that are there; in closed mode others are told 401 all alike.
   */
  @Test
  void the_script_asks_for_routes_that_answer() throws Exception {
    // Given
    Matcher source = SCRIPT.matcher(text(send("GET", "/", "Accept", BROWSER)));
    assertThat(source.find()).isTrue();

    // When
    var script = send("GET", source.group(1));

    // Then
    assertThat(header(script, "Content-Type")).isEqualTo("text/javascript; charset=utf-8");
    List<String> paths =
        ASKED.matcher(text(script)).results().map(asked -> asked.group(1)).toList();
    assertThat(paths).contains("/api/tasks/stats");
    for (String path : paths) {
      assertThat(ClosedMode.admin().get(path).statusCode()).as(path).isEqualTo(200);
    }
  }

  @Test
  void each_coding_has_a_tag_of_its_own() throws Exception {
    // Given
    String path = style();
    var plain = send("GET", path);

    // When
    var gzip = send("GET", path, "Accept-Encoding", "gzip");
    var brotli = send("GET", path, "Accept-Encoding", "gzip, br");

    // Then
    assertThat(header(gzip, "Content-Encoding")).isEqualTo("gzip");
    assertThat(header(brotli, "Content-Encoding")).isEqualTo("br");
    var unpacked = new GZIPInputStream(new ByteArrayInputStream(gzip.body())).readAllBytes();
    assertThat(unpacked).isEqualTo(plain.body());
    assertThat(brotli.body().length).isLessThan(gzip.body().length);
    assertThat(header(brotli, "ETag"))
        .isNotEqualTo(header(gzip, "ETag"))
        .isNotEqualTo(header(plain, "ETag"));
    var same = new String[] {"Accept-Encoding", "gzip", "If-None-Match", header(gzip, "ETag")};
    var known = send("GET", path, same);
    assertThat(known.statusCode()).isEqualTo(304);
    assertThat(header(known, "ETag")).isEqualTo(header(gzip, "ETag"));
    assertThat(header(known, "Vary").toLowerCase()).isEqualTo("accept-encoding");
    assertThat(header(known, "Cache-Control")).contains("immutable");
    var other = send("GET", path, "Accept-Encoding", "br", "If-None-Match", header(gzip, "ETag"));
    assertThat(other.statusCode()).isEqualTo(200);
  }

  @Test
  void what_may_not_be_sent_in_any_coding_is_not_sent() throws Exception {
    // When
    var refused = send("GET", style(), "Accept-Encoding", "*;q=0");

    // Then
    assertThat(refused.statusCode()).isEqualTo(406);
    assertThat(text(refused)).contains("\"code\":\"not_acceptable\"", "Accept-Encoding");
    assertThat(header(refused, "ETag")).isEmpty();
  }

  @Test
  void a_part_is_answered_by_the_whole() throws Exception {
    // When
    var answer = send("GET", style(), "Range", "bytes=0-3");

    // Then
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(header(answer, "Accept-Ranges")).isEqualTo("none");
    assertThat(text(answer)).contains("body {");
  }

  /** A body after HEAD would be read as the next answer. */
  @Test
  void head_has_the_fields_of_get_and_no_body() throws Exception {
    // Given
    String path = style();
    long length = send("GET", path, "Accept-Encoding", "br").body().length;
    String head = "HEAD %s HTTP/1.1\r\nHost: localhost\r\nAccept-Encoding: br\r\n".formatted(path);

    try (var connection = RawConnection.to(root)) {
      // When
      var answer = connection.send(head + "Connection: close\r\n\r\n").answer().orElseThrow();

      // Then
      assertThat(answer.status()).isEqualTo(200);
      assertThat(answer.headers())
          .containsEntry("content-length", String.valueOf(length))
          .containsEntry("content-encoding", "br");
      assertThat(answer.body()).isEmpty();
    }
  }

  @Test
  void a_connection_goes_on_after_each_answer() throws Exception {
    // Given
    String path = style();
    String get = "GET %s HTTP/1.1\r\nHost: localhost\r\n%s\r\n";
    String tag = header(send("GET", path), "ETag");

    try (var connection = RawConnection.to(root)) {
      // When
      connection
          .send(get.formatted(path, ""))
          .send(get.formatted(path, "If-None-Match: \"other\", W/" + tag + "\r\n"))
          .send(get.formatted(path, "Content-Length: 3\r\n") + "abc")
          .send(get.formatted(path, "Connection: close\r\n"));

      // Then
      assertThat(connection.statusesToTheEnd()).containsExactly(200, 304, 200, 200);
    }
  }

  @Test
  void other_names_and_methods_are_no_files() throws Exception {
    for (String path :
        new String[] {
          "/assets",
          "/assets/",
          "/assets/style.css",
          "/assets/index",
          "/assets/..%2findex",
          "/index.html"
        }) {
      assertThat(send("GET", path).statusCode()).as(path).isIn(400, 401, 404);
    }
    for (String method : new String[] {"POST", "PUT", "DELETE"}) {
      assertThat(send(method, style()).statusCode()).as(method).isEqualTo(401);
    }
  }
}
