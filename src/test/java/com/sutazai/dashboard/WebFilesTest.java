package com.sutazai.dashboard;

import static org.assertj.core.api.Assertions.assertThat;

import com.aayushatharva.brotli4j.Brotli4jLoader;
import com.aayushatharva.brotli4j.decoder.BrotliInputStream;
import com.sutazai.dashboard.WebFile.Variant;
import com.sutazai.platform.id.Digests;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WebFilesTest {
  private static final Pattern ASSET = Pattern.compile("\"(/assets/[^\"]+)\"");

  private final WebFiles files = new WebFiles();

  private static byte[] unpacked(Variant variant) throws IOException {
    var packed = new ByteArrayInputStream(variant.body().getBytes());
    try (InputStream in =
        switch (variant.coding()) {
          case BROTLI -> new BrotliInputStream(packed);
          case GZIP -> new GZIPInputStream(packed);
          case IDENTITY -> packed;
        }) {
      return in.readAllBytes();
    }
  }

  private WebFile file(String path) {
    return files.find(path).orElseThrow();
  }

  private String page() {
    return file("/").variants().getLast().body().toString(StandardCharsets.UTF_8);
  }

  @Test
  void every_coding_of_a_file_has_its_bytes() throws Exception {
    // Given
    Brotli4jLoader.ensureAvailability();

    for (String path : files.paths()) {
      List<Variant> variants = file(path).variants();
      Variant plain = variants.getLast();
      assertThat(plain.coding()).isEqualTo(Coding.IDENTITY);

      for (Variant each : variants) {
        // When
        byte[] bytes = unpacked(each);

        // Then
        assertThat(bytes).as("%s as %s", path, each.coding()).isEqualTo(plain.body().getBytes());
      }
      assertThat(variants).extracting(Variant::tag).doesNotHaveDuplicates();
      assertThat(variants.stream().map(each -> each.body().length())).isSorted();
    }
  }

  @Test
  void texts_have_both_codings() {
    assertThat(file("/").variants()).extracting(Variant::coding).containsExactly(Coding.values());
  }

  @Test
  void the_name_of_an_asset_tells_its_bytes() {
    for (String path : files.paths()) {
      if (!path.startsWith(WebFiles.ASSETS)) {
        continue;
      }

      // When
      byte[] bytes = file(path).variants().getLast().body().getBytes();

      // Then
      String digest = HexFormat.of().formatHex(Digests.sha256(bytes));
      assertThat(path).contains("." + digest.substring(0, 16) + ".");
      assertThat(file(path).cacheControl()).isEqualTo("public, max-age=31536000, immutable");
    }
  }

  @Test
  void the_page_names_assets_that_are_there_and_the_version() {
    // When
    List<String> named = ASSET.matcher(page()).results().map(each -> each.group(1)).toList();

    // Then
    assertThat(named).isNotEmpty().allMatch(path -> files.find(path).isPresent());
    assertThat(page())
        .containsPattern("<p class=\"version\">\\d+\\.\\d+\\.\\d+")
        .doesNotContain("{{");
    assertThat(file("/").cacheControl()).isEqualTo("no-cache");
  }

  /** Which its policy forbids. */
  @Test
  void nothing_in_the_page_runs_or_styles_from_within() {
    Pattern inline = Pattern.compile("(?i)<style|<script(?![^>]*\\ssrc=)|\\sstyle=|\\son[a-z]+=");

    assertThat(inline.matcher(page()).results().map(MatchResult::group)).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      nullValues = "none",
      value = {
        "gzip, deflate, br, zstd      | BROTLI",
        "gzip, deflate                | GZIP",
        "gzip;q=1.0, br;q=0.9         | GZIP",
        "gzip;q=0.5, br;q=0.5         | BROTLI",
        "br;q=0, gzip;q=0             | IDENTITY",
        "br;q=0, *                    | GZIP",
        "identity                     | IDENTITY",
        "identity;q=0.5, gzip;q=0.4   | IDENTITY",
        "identity;q=0, gzip;q=0.001   | GZIP",
        "deflate                      | IDENTITY",
        "''                           | IDENTITY",
        "identity;q=0                 | none",
        "*;q=0                        | none",
        "*;q=0, br                    | BROTLI",
      })
  void the_coding_is_the_one_that_is_wanted_most(String field, Coding coding) {
    assertThat(file("/").choose(Weights.of(List.of(field))).map(Variant::coding).orElse(null))
        .isEqualTo(coding);
  }

  @Test
  void without_the_field_bytes_go_as_they_are() {
    assertThat(file("/").choose(Weights.of(List.of())).map(Variant::coding))
        .contains(Coding.IDENTITY);
  }
}
