package com.sutazai.platform.json;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.cfg.CoercionAction;
import com.fasterxml.jackson.databind.cfg.CoercionInputShape;
import com.fasterxml.jackson.databind.type.LogicalType;
import io.quarkus.arc.impl.LazyValue;
import jakarta.inject.Singleton;

/**
 * Reads JSON that callers of our own routes write: a value of another kind than the field's is
 * refused instead of made to fit, and so is a name that an object has twice.
 */
@Singleton
public class StrictJson {
  /** Made of the first text, when {@link JsonLimits} has set the bounds of the mapper. */
  private final LazyValue<ObjectReader> reader;

  StrictJson(ObjectMapper lenient) {
    this.reader = new LazyValue<>(() -> strict(lenient.copy()));
  }

  private static ObjectReader strict(ObjectMapper mapper) {
    refuse(mapper, LogicalType.Textual, CoercionInputShape.Integer, CoercionInputShape.Float);
    refuse(mapper, LogicalType.Textual, CoercionInputShape.Boolean);
    refuse(mapper, LogicalType.Integer, CoercionInputShape.String, CoercionInputShape.EmptyString);
    refuse(mapper, LogicalType.Integer, CoercionInputShape.Float, CoercionInputShape.Boolean);
    refuse(mapper, LogicalType.Float, CoercionInputShape.String, CoercionInputShape.EmptyString);
    refuse(mapper, LogicalType.Boolean, CoercionInputShape.String, CoercionInputShape.EmptyString);
    refuse(mapper, LogicalType.Boolean, CoercionInputShape.Integer, CoercionInputShape.Float);
    return mapper
        .reader()
        .without(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
        .with(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);
  }

  private static void refuse(ObjectMapper mapper, LogicalType type, CoercionInputShape... shapes) {
    for (CoercionInputShape shape : shapes) {
      mapper.coercionConfigFor(type).setCoercion(shape, CoercionAction.Fail);
    }
  }

  ObjectReader reader() {
    return reader.get();
  }

  /** A value of the type that the tree describes. */
  public <T> T read(JsonNode tree, Class<T> type) throws JsonProcessingException {
    return reader().treeToValue(tree, type);
  }
}
