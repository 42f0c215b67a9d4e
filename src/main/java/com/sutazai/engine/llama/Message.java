package com.sutazai.engine.llama;

/**
 * One message of a chat.
 *
 * @param role who says it: system, user, assistant, tool
 */
public record Message(String role, String content) {
  public Message {
    if (role.indexOf(0) >= 0 || content.indexOf(0) >= 0) {
      throw new IllegalArgumentException("a message may not hold the character U+0000");
    }
  }
}
