package com.sutazai.inference.backend;

import com.fasterxml.jackson.databind.JsonNode;
import com.sutazai.inference.backend.Grown.Growth;

/** What the pieces of an object look like in a stream, and so how its fields grow. */
enum Shape {
  OLLAMA_ANSWER,
  OLLAMA_MESSAGE,
  OPENAI_ANSWER,
  CHOICE,
  LOGPROBS,
  /** The news of a message; fields that nobody named yet are kept. */
  DELTA,
  TOOL_CALL,
  FUNCTION,
  /** Nothing in it grows. */
  PLAIN;

  Growth growth(String name, JsonNode value) {
    Growth named =
        switch (this) {
          case OLLAMA_ANSWER ->
              switch (name) {
                case "response", "thinking" -> Growth.TEXT;
                case "logprobs", "tool_calls" -> Growth.ARRAY;
                case "message" -> Growth.OBJECT;
                default -> Growth.REPLACED;
              };
          case OLLAMA_MESSAGE ->
              switch (name) {
                case "content", "thinking" -> Growth.TEXT;
                case "tool_calls" -> Growth.ARRAY;
                default -> Growth.REPLACED;
              };
          case OPENAI_ANSWER -> name.equals("choices") ? Growth.INDEXED : Growth.REPLACED;
          case CHOICE ->
              switch (name) {
                case "text" -> Growth.TEXT;
                case "delta", "logprobs" -> Growth.OBJECT;
                default -> value.isArray() ? Growth.ARRAY : Growth.REPLACED;
              };
          case LOGPROBS -> Growth.ARRAY;
          case DELTA ->
              switch (name) {
                case "role" -> Growth.REPLACED;
                case "tool_calls" -> Growth.INDEXED;
                case "function_call" -> Growth.OBJECT;
                default -> Growth.TEXT;
              };
          case TOOL_CALL -> name.equals("function") ? Growth.OBJECT : Growth.REPLACED;
          case FUNCTION -> name.equals("name") ? Growth.REPLACED : Growth.TEXT;
          case PLAIN -> Growth.REPLACED;
        };
    return fits(named, value) ? named : Growth.REPLACED;
  }

  private static boolean fits(Growth growth, JsonNode value) {
    return switch (growth) {
      case TEXT -> value.isTextual();
      case ARRAY, INDEXED -> value.isArray();
      case OBJECT -> value.isObject();
      case REPLACED -> true;
    };
  }

  /** The shape of an object in that field, or of the members of its array. */
  Shape inner(String name) {
    return switch (name) {
      case "message" -> OLLAMA_MESSAGE;
      case "choices" -> CHOICE;
      case "delta" -> DELTA;
      case "logprobs" -> LOGPROBS;
      case "tool_calls" -> TOOL_CALL;
      case "function", "function_call" -> FUNCTION;
      default -> PLAIN;
    };
  }
}
