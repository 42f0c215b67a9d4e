package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** A JSON value that comes in pieces. How it grows is said by the {@link Shape} of its place. */
sealed interface Grown {

  /** Takes the next piece; returns the characters that it added. */
  long add(JsonNode piece);

  /** All of it so far; parts that came whole are shared with their pieces. */
  JsonNode whole();

  /** How a value takes its next piece. */
  enum Growth {
    /** The piece is put at the end of the text. */
    TEXT,
    /** Its members are put at the end of the array. */
    ARRAY,
    /** Each of its fields is taken as a piece of that field. */
    OBJECT,
    /** Each of its members is taken as a piece of the member with the same {@code index}. */
    INDEXED,
    /** It takes the value's place, unless it is empty. */
    REPLACED;

    private Grown begin(Shape inner) {
      return switch (this) {
        case TEXT -> new Text(new StringBuilder());
        case ARRAY -> new Items(JsonNodeFactory.instance.arrayNode());
        case OBJECT -> new Fields(inner);
        case INDEXED -> new Members(inner);
        case REPLACED -> new Value();
      };
    }
  }

  /** A text. */
  record Text(StringBuilder soFar) implements Grown {
    @Override
    public long add(JsonNode piece) {
      String text = piece.textValue();
      soFar.append(text);
      return text.length();
    }

    @Override
    public JsonNode whole() {
      return TextNode.valueOf(soFar.toString());
    }
  }

  /** An array that grows at its end. */
  record Items(ArrayNode soFar) implements Grown {
    @Override
    public long add(JsonNode piece) {
      piece.forEach(soFar::add);
      return characters(piece);
    }

    private static long characters(JsonNode value) {
      if (!value.isContainerNode()) {
        return value.isTextual() ? value.textValue().length() : 8;
      }
      long sum = 0;
      for (JsonNode each : value) {
        sum += characters(each);
      }
      return sum;
    }

    @Override
    public JsonNode whole() {
      return JsonNodeFactory.instance.arrayNode().addAll(soFar);
    }
  }

  /** A value that comes whole, once or again and again. */
  final class Value implements Grown {
    private JsonNode latest = NullNode.instance;

    @Override
    public long add(JsonNode piece) {
      if (latest.isNull() || !isEmpty(piece)) {
        latest = piece;
      }
      return 0;
    }

    static boolean isEmpty(JsonNode piece) {
      return piece.isNull() || (piece.isTextual() && piece.textValue().isEmpty());
    }

    @Override
    public JsonNode whole() {
      return latest;
    }
  }

  /** An object. */
  final class Fields implements Grown {
    private final Shape shape;
    private final Map<String, Field> fields = new LinkedHashMap<>();

    private record Field(Growth growth, Grown value) {}

    Fields(Shape shape) {
      this.shape = shape;
    }

    @Override
    public long add(JsonNode piece) {
      long grown = 0;
      for (Map.Entry<String, JsonNode> each : piece.properties()) {
        grown += add(each.getKey(), each.getValue());
      }
      return grown;
    }

    private long add(String name, JsonNode value) {
      Growth growth = shape.growth(name, value);
      Field field = fields.get(name);
      if (field == null || field.growth != growth) {
        if (field != null && Value.isEmpty(value)) {
          return 0;
        }
        field = new Field(growth, growth.begin(shape.inner(name)));
        fields.put(name, field);
      }
      return field.value.add(value);
    }

    @Override
    public ObjectNode whole() {
      ObjectNode whole = JsonNodeFactory.instance.objectNode();
      fields.forEach((name, field) -> whole.set(name, field.value.whole()));
      return whole;
    }
  }

  /**
   * Objects that are told apart by their {@code index}. Where a server leaves it out, an {@code id}
   * that is new begins the next one.
   */
  final class Members implements Grown {
    private final Shape shape;
    private final TreeMap<Integer, Fields> members = new TreeMap<>();
    private String lastId = "";

    Members(Shape shape) {
      this.shape = shape;
    }

    @Override
    public long add(JsonNode piece) {
      long grown = 0;
      for (JsonNode each : piece) {
        if (each.isObject()) {
          grown += members.computeIfAbsent(place(each), at -> new Fields(shape)).add(each);
        }
      }
      return grown;
    }

    private int place(JsonNode piece) {
      String id = piece.path("id").asText("");
      boolean begins = !id.isEmpty() && !id.equals(lastId);
      lastId = begins ? id : lastId;
      if (piece.path("index").isInt()) {
        return piece.path("index").intValue();
      }
      if (members.isEmpty()) {
        return 0;
      }
      return begins ? members.lastKey() + 1 : members.lastKey();
    }

    @Override
    public ArrayNode whole() {
      ArrayNode whole = JsonNodeFactory.instance.arrayNode();
      members.values().forEach(each -> whole.add(each.whole()));
      return whole;
    }
  }
}
