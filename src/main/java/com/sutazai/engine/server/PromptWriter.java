package com.sutazai.engine.server;

import com.sutazai.engine.llama.Library;
import com.sutazai.engine.llama.Message;
import com.sutazai.engine.llama.Model;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Writes messages as the prompt that a model was trained on, by the template in its file. */
final class PromptWriter {
  private static final String TEMPLATE = "tokenizer.chat_template";

  /** A template that gives the last message's content and nothing else. */
  private static final String LAST = "{{messages[-1]['content']}}";

  /** One of turns that end with the model's own end; llama.cpp takes it for another model's. */
  private static final Pattern TURNS =
      Pattern.compile(
          "'<\\|user\\|>(\\\\n|\n)'\\s*\\+\\s*message\\['content'\\]\\s*\\+\\s*eos_token");

  /** One that gives all contents one after the other. */
  private static final String ALL = "{%formessageinmessages%}{{message['content']}}{%endfor%}";

  private static final int SHOWN = 80;

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
    return chat(library, template.get(), messages, model.endText())
        .orElseThrow(
            () ->
                RequestBody.refused(
                    "llama.cpp does not know this model's chat template, which begins with "
                        + beginning(template.get())
                        + ": send the finished prompt to /api/generate with raw: true"));
  }

  /** Enough of a template to know it by, on one line. */
  private static String beginning(String template) {
    String line = template.strip().replaceAll("\\s+", " ");
    return line.length() <= SHOWN ? line : line.substring(0, SHOWN) + "…";
  }

  /** By a template that is known; empty for others. */
  static Optional<String> chat(
      Library library, String template, List<Message> messages, String end) {
    return TURNS.matcher(template).find()
        ? Optional.of(turns(messages, end))
        : library.chat(template, messages);
  }

  /** The prompt of the template that Zephyr, TinyLlama and others share. */
  private static String turns(List<Message> messages, String end) {
    return messages.stream()
        .map(each -> "<|" + each.role() + "|>\n" + each.content() + end + "\n")
        .collect(Collectors.joining("", "", "<|assistant|>\n"));
  }

  private static String joined(List<Message> messages, String between) {
    return messages.stream().map(Message::content).collect(Collectors.joining(between));
  }
}
