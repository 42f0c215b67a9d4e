package com.sutazai.boot;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.Product;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the program does instead of running. */
class CommandIT {
  private static final Pattern KEY = Pattern.compile("(?m)^sk-sutazai-[0-9a-f]{12}-\\S{43}$");

  @TempDir
  @SuppressWarnings("NullAway.Init")
  Path data;

  private static String key(Product command) throws Exception {
    assertThat(command.awaitExit()).as(command.log()).isZero();
    Matcher found = KEY.matcher(command.log());
    assertThat(found.find()).as(command.log()).isTrue();
    return found.group();
  }

  private static int status(Product product, String key) throws Exception {
    return product.get("/api/tasks", "Authorization", "Bearer " + key).statusCode();
  }

  @Test
  void a_key_can_be_made_before_the_program_runs_and_while_it_does() throws Exception {
    // When
    String before = key(Product.run(data, Map.of(), "keys", "create", "--admin"));

    // Then
    try (Product product = Product.up(data, Map.of())) {
      assertThat(product.get("/api/tasks").statusCode()).isEqualTo(401);
      assertThat(status(product, before)).isEqualTo(200);

      // When
      String meanwhile =
          key(Product.run(data, Map.of(), "keys", "create", "--scopes", "tasks:read"));

      // Then
      assertThat(status(product, meanwhile)).isEqualTo(200);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "keys destroy, keys destroy is no command.",
    "keys create --colour red, --colour is no option of keys create.",
    "keys create --scopes, --scopes needs a value.",
    "keys create --name --admin, --name needs a value.",
    "keys create --name mine, keys create needs either --admin or --scopes.",
    "users create --role viewer, users create needs --email.",
  })
  void what_is_no_command_is_told_so_before_anything_is_started(String command, String reason)
      throws Exception {
    // When
    Product product = Product.run(data, Map.of(), command.split(" "));

    // Then
    assertThat(product.awaitExit()).isEqualTo(2);
    assertThat(product.log()).startsWith(reason).contains("keys create (--admin");
    assertThat(data).isEmptyDirectory();
  }

  @Test
  void the_commands_can_be_asked_for() throws Exception {
    Product product = Product.run(data, Map.of(), "--help");
    assertThat(product.awaitExit()).isZero();
    assertThat(product.log()).contains("keys create (--admin", "users create --email");
  }
}
