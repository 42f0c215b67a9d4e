package com.sutazai;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.sutazai.testing.ProductClasses;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import io.quarkus.runtime.annotations.RegisterForReflection;
import io.quarkus.test.junit.QuarkusTest;
import io.smallrye.config.ConfigMapping;
import jakarta.ws.rs.HttpMethod;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What a native image would not find at run time is found here. Types that cross JSON are walked
 * from the REST methods and from Jackson's annotations; those that only their values show are
 * caught by {@link com.sutazai.testing.NativeGuard} in every test. Rows of the database are read
 * column by column, and configuration through mapped interfaces, which the build registers.
 */
@QuarkusTest
class NativeRegistrationTest {
  private static final Set<String> BY_NAME =
      Set.of(
          "java.lang.Class.forName",
          "java.lang.Class.getMethod",
          "java.lang.Class.getDeclaredMethod",
          "java.lang.Class.getDeclaredField",
          "java.lang.Class.getDeclaredConstructor",
          "java.lang.System.load",
          "java.lang.System.loadLibrary");

  private final ObjectMapper json;

  NativeRegistrationTest(ObjectMapper json) {
    this.json = json;
  }

  @Test
  void every_type_that_crosses_json_is_registered() {
    // Given
    Set<JavaClass> crossing = crossingJson();

    // When
    Set<String> unregistered = new TreeSet<>();
    crossing.stream()
        .filter(type -> !type.isAnnotatedWith(RegisterForReflection.class))
        .forEach(type -> unregistered.add(type.getName()));

    // Then
    assertThat(crossing).hasSizeGreaterThan(8);
    assertThat(unregistered).isEmpty();
  }

  @Test
  void a_value_that_is_not_registered_fails_the_test_that_sends_it() {
    assertThatThrownBy(() -> json.writeValueAsString(new Unregistered("a")))
        .hasStackTraceContaining("lacks @RegisterForReflection");
  }

  @Test
  void nothing_loads_classes_or_calls_members_by_name() {
    Set<String> calls = new TreeSet<>();
    for (JavaClass type : ProductClasses.ALL) {
      type.getAccessesFromSelf().stream()
          .filter(NativeRegistrationTest::isReflective)
          .forEach(access -> calls.add(access.getDescription()));
    }
    assertThat(calls).isEmpty();
  }

  @Test
  void configuration_is_read_through_mapped_interfaces() {
    assertThat(
            ProductClasses.ALL.stream().filter(type -> type.isAnnotatedWith(ConfigMapping.class)))
        .hasSizeGreaterThan(5)
        .allMatch(JavaClass::isInterface);
  }

  private static boolean isReflective(JavaAccess<?> access) {
    String owner = access.getTargetOwner().getName();
    String name = access.getName();
    return owner.startsWith("java.lang.reflect.")
        || owner.equals("java.util.ServiceLoader")
        || BY_NAME.contains(owner + "." + name);
  }

  private static Set<JavaClass> crossingJson() {
    Deque<JavaClass> open = new ArrayDeque<>();
    for (JavaClass type : ProductClasses.ALL) {
      type.getMethods().stream()
          .filter(NativeRegistrationTest::isRest)
          .flatMap(
              method ->
                  Stream.concat(
                      method.getReturnType().getAllInvolvedRawTypes().stream(),
                      method.getParameterTypes().stream()
                          .flatMap(parameter -> parameter.getAllInvolvedRawTypes().stream())))
          .forEach(open::add);
      if (type.getAllMembers().stream()
          .filter(member -> member.getOwner().equals(type))
          .flatMap(member -> member.getAnnotations().stream())
          .anyMatch(
              annotation ->
                  annotation
                      .getRawType()
                      .getPackageName()
                      .equals("com.fasterxml.jackson.annotation"))) {
        open.add(type);
      }
    }
    Set<JavaClass> crossing = new HashSet<>();
    while (!open.isEmpty()) {
      JavaClass type = open.pop();
      if (type.getPackageName().startsWith("com.sutazai")
          && !type.isEnum()
          && !type.isInterface()
          && crossing.add(type)) {
        type.getFields().stream()
            .filter(field -> !field.getModifiers().contains(JavaModifier.STATIC))
            .flatMap(field -> field.getType().getAllInvolvedRawTypes().stream())
            .forEach(open::add);
      }
    }
    return crossing;
  }

  private static boolean isRest(JavaMethod method) {
    return method.getAnnotations().stream()
        .anyMatch(
            annotation ->
                annotation.getRawType().isMetaAnnotatedWith(HttpMethod.class)
                    || annotation.getRawType().isAnnotatedWith(HttpMethod.class));
  }

  record Unregistered(String name) {}
}
