package com.sutazai.engine.server;

import com.sutazai.engine.llama.Library;
import com.sutazai.engine.llama.Message;
import com.sutazai.engine.llama.Model;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/** Writes messages as the prompt that a model was trained on, by the template in its file. */
final class PromptWriter {
  private static final String TEMPLATE = "tokenizer.chat_template";

  /** A template that gives the last message's content and nothing else. */
  private static final String LAST = "{{messages[-1]['content']}}";

  /** One that gives all contents one after the other. */
  private static final String ALL = "{%formessageinmessages%}{{message['content']}}{%endfor%}";

  private final Library library;

  PromptWriter(Library library) {
    this.library = library;
  }

  /** The prompt of a chat; a model without a template gets the contents, a line each. */
  String chat(Model model, List<Message> messages) {
    Optional<String> template = model.metadata(TEMPLATE).filter(text -> !text.isBlank());
    if (template.isEmpty()) {
      return joined(messages, "\n");
    }
    String plain = template.get().replaceAll("\\s", "").replace("-%}", "%}").replace("{%-", "{%");
    if (plain.replace("\"", "'").equals(LAST)) {
      return messages.getLast().content();
    }
    if (plain.replace("\"", "'").equals(ALL)) {
      return joined(messages, "");
    }
    return library
        .chat(template.get(), messages)
        .orElseThrow(
            () ->
                RequestBody.refused(
                    "llama.cpp does not know this model's chat template: send the finished prompt"
                        + " to /api/generate with raw: true"));
  }

  private static String joined(List<Message> messages, String between) {
    return messages.stream().map(Message::content).collect(Collectors.joining(between));
  }
}
