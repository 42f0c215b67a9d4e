package com.sutazai.engine.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sutazai.engine.llama.Library;
import com.sutazai.engine.llama.LibrarySearch;
import com.sutazai.engine.llama.Message;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The templates that models bring along, and what becomes of a chat by them. */
@SuppressWarnings("NullAway.Init")
class PromptWriterTest {
  private static Library library;

  @BeforeAll
  static void load() {
    library = new LibrarySearch(Optional.empty(), List.of()).load();
  }

  /** As their files have them, and what llama-server makes of them, without the first token. */
  private enum Known {
    CHATML(
        "{% for message in messages %}{{'<|im_start|>' + message['role'] + '\n' + message['content']"
            + " + '<|im_end|>' + '\n'}}{% endfor %}{% if add_generation_prompt %}{{"
            + " '<|im_start|>assistant\n' }}{% endif %}",
        """
        <|im_start|>user
        Hello<|im_end|>
        <|im_start|>assistant
        Hi<|im_end|>
        <|im_start|>user
        And you?<|im_end|>
        <|im_start|>assistant
        """),
    LLAMA_3(
        "{% set loop_messages = messages %}{% for message in loop_messages %}{% set content ="
            + " '<|start_header_id|>' + message['role'] + '<|end_header_id|>\n\n'+"
            + " message['content'] | trim + '<|eot_id|>' %}{% if loop.index0 == 0 %}{% set content"
            + " = bos_token + content %}{% endif %}{{ content }}{% endfor %}{{"
            + " '<|start_header_id|>assistant<|end_header_id|>\n\n' }}",
        """
        <|start_header_id|>user<|end_header_id|>

        Hello<|eot_id|><|start_header_id|>assistant<|end_header_id|>

        Hi<|eot_id|><|start_header_id|>user<|end_header_id|>

        And you?<|eot_id|><|start_header_id|>assistant<|end_header_id|>

        """),
    MISTRAL(
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user') !="
            + " (loop.index0 % 2 == 0) %}{{ raise_exception('Conversation roles must alternate"
            + " user/assistant/user/assistant/...') }}{% endif %}{% if message['role'] == 'user'"
            + " %}{{ '[INST] ' + message['content'] + ' [/INST]' }}{% elif message['role'] =="
            + " 'assistant' %}{{ message['content'] + eos_token}}{% else %}{{ raise_exception('Only"
            + " user and assistant roles are supported!') }}{% endif %}{% endfor %}",
        "[INST] Hello [/INST]Hi</s>[INST] And you? [/INST]"),
    GEMMA(
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'assistant') %}{% set"
            + " role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{"
            + " '<start_of_turn>' + role + '\n' + message['content'] | trim + '<end_of_turn>\n'"
            + " }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\n'}}{% endif"
            + " %}",
        """
        <start_of_turn>user
        Hello<end_of_turn>
        <start_of_turn>model
        Hi<end_of_turn>
        <start_of_turn>user
        And you?<end_of_turn>
        <start_of_turn>model
        """),
    PHI_3(
        "{{ bos_token }}{% for message in messages %}{% if (message['role'] == 'user')"
            + " %}{{'<|user|>' + '\n' + message['content'] + '<|end|>' + '\n' + '<|assistant|>' +"
            + " '\n'}}{% elif (message['role'] == 'assistant') %}{{message['content'] + '<|end|>' +"
            + " '\n'}}{% endif %}{% endfor %}",
        """
        <|user|>
        Hello<|end|>
        <|assistant|>
        Hi<|end|>
        <|user|>
        And you?<|end|>
        <|assistant|>
        """),
    TINYLLAMA(
        "{% for message in messages %}\n{% if message['role'] == 'user' %}\n{{ '<|user|>\n' +"
            + " message['content'] + eos_token }}\n{% elif message['role'] == 'system' %}\n{{"
            + " '<|system|>\n' + message['content'] + eos_token }}\n{% elif message['role'] =="
            + " 'assistant' %}\n{{ '<|assistant|>\n'  + message['content'] + eos_token }}\n{%"
            + " endif %}\n{% if loop.last and add_generation_prompt %}\n{{ '<|assistant|>' }}\n{%"
            + " endif %}\n{% endfor %}",
        """
        <|user|>
        Hello</s>
        <|assistant|>
        Hi</s>
        <|user|>
        And you?</s>
        <|assistant|>
        """);

    private final String template;
    private final String prompt;

    Known(String template, String prompt) {
      this.template = template;
      this.prompt = prompt;
    }
  }

  private static Optional<String> chat(String template) {
    return PromptWriter.chat(
        library,
        template,
        List.of(
            new Message("user", "Hello"),
            new Message("assistant", "Hi"),
            new Message("user", "And you?")),
        "</s>");
  }

  @ParameterizedTest
  @EnumSource
  void a_chat_is_written_as_the_model_s_template_has_it(Known model) {
    // When
    Optional<String> prompt = chat(model.template);

    // Then
    assertThat(prompt).contains(model.prompt);
  }

  @Test
  void a_template_that_llama_cpp_does_not_know_is_told_apart() {
    // Then
    assertThat(chat("{% for m in messages %}{{ m.role }} says {{ m.content }}{% endfor %}"))
        .isEmpty();
  }
}
