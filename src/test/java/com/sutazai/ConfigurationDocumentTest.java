package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.testing.ProductClasses;
import com.tngtech.archunit.core.domain.JavaClass;
import io.smallrye.config.ConfigMapping;
import io.smallrye.config.WithDefault;
import io.smallrye.config.WithName;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** {@code docs/configuration.md} lists every key with its default, and none that is not there. */
class ConfigurationDocumentTest {
  private static final Pattern ROW =
      Pattern.compile("^\\| `(sutazai\\.[^`]+)` \\| (.+?) \\| \\S.+\\|$", Pattern.MULTILINE);

  /** Its default depends on where the database is. */
  private static final String DEPENDS = "sutazai.database.pool-max";

  @Test
  void the_page_lists_every_key_with_its_default() throws Exception {
    // Given
    Map<String, String> documented = new TreeMap<>();
    ROW.matcher(Files.readString(Path.of("docs/configuration.md")))
        .results()
        .forEach(row -> documented.put(row.group(1), row.group(2).replace("`", "")));

    // When
    Map<String, String> real = new TreeMap<>();
    for (JavaClass type : ProductClasses.ALL) {
      if (type.isAnnotatedWith(ConfigMapping.class)) {
        collect(
            type.getAnnotationOfType(ConfigMapping.class).prefix(),
            ProductClasses.load(type),
            real);
      }
    }

    // Then
    assertThat(real).hasSizeGreaterThan(40);
    assertThat(documented.remove(DEPENDS)).isNotNull();
    assertThat(real.remove(DEPENDS)).isEqualTo("–");
    assertThat(documented).isEqualTo(real);
  }

  private static void collect(String prefix, Class<?> mapping, Map<String, String> found) {
    for (Method method : mapping.getDeclaredMethods()) {
      WithName named = method.getAnnotation(WithName.class);
      String key = prefix + "." + (named == null ? kebab(method.getName()) : named.value());
      WithDefault preset = method.getAnnotation(WithDefault.class);
      if (method.getReturnType().isInterface()
          && method.getReturnType().getName().startsWith("com.sutazai.")) {
        collect(key, method.getReturnType(), found);
      } else {
        found.put(key, preset == null ? "–" : preset.value().replace("\n", "\\n"));
      }
    }
  }

  private static String kebab(String name) {
    return name.replaceAll("([a-z])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
  }
}
