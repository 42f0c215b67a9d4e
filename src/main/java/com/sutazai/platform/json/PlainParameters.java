package com.sutazai.platform.json;

import com.sutazai.platform.error.ProblemException;
import com.sutazai.platform.error.Quoted;
import jakarta.ws.rs.CookieParam;
import jakarta.ws.rs.HeaderParam;
import jakarta.ws.rs.PathParam;
import jakarta.ws.rs.QueryParam;
import jakarta.ws.rs.ext.ParamConverter;
import jakarta.ws.rs.ext.ParamConverterProvider;
import jakarta.ws.rs.ext.Provider;
import java.lang.annotation.Annotation;
import java.lang.reflect.Type;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads numbers and truth values of parameters, and names the parameter that is neither; the
 * framework would take its route for one that is not there.
 */
@Provider
public class PlainParameters implements ParamConverterProvider {
  @Override
  public <T> @Nullable ParamConverter<T> getConverter(
      Class<T> type, Type generic, Annotation[] annotations) {
    String name = name(annotations);
    if (type == Integer.class) {
      return converter(type, text -> whole(name, text));
    }
    return type == Boolean.class ? converter(type, text -> truth(name, text)) : null;
  }

  private static <T> ParamConverter<T> converter(Class<T> type, Function<String, Object> read) {
    return new ParamConverter<>() {
      @Override
      public T fromString(String value) {
        return type.cast(read.apply(value));
      }

      @Override
      public String toString(T value) {
        return String.valueOf(value);
      }
    };
  }

  private static Integer whole(String name, String text) {
    try {
      return Integer.valueOf(text);
    } catch (NumberFormatException e) {
      throw ProblemException.invalid(
          name, "must be a whole number of at most ten digits, not " + Quoted.of(text));
    }
  }

  private static Boolean truth(String name, String text) {
    return switch (text) {
      case "true" -> true;
      case "false" -> false;
      default ->
          throw ProblemException.invalid(name, "must be true or false, not " + Quoted.of(text));
    };
  }

  private static String name(Annotation[] annotations) {
    for (Annotation each : annotations) {
      switch (each) {
        case QueryParam query -> {
          return query.value();
        }
        case PathParam path -> {
          return path.value();
        }
        case HeaderParam header -> {
          return header.value();
        }
        case CookieParam cookie -> {
          return cookie.value();
        }
        default -> {}
      }
    }
    return "parameter";
  }
}
