package com.sutazai.gateway;

import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.StreamingChatModel;
import dev.langchain4j.model.embedding.EmbeddingModel;
import dev.langchain4j.model.language.LanguageModel;
import dev.langchain4j.model.ollama.OllamaChatModel;
import dev.langchain4j.model.ollama.OllamaEmbeddingModel;
import dev.langchain4j.model.ollama.OllamaLanguageModel;
import dev.langchain4j.model.ollama.OllamaModel;
import dev.langchain4j.model.ollama.OllamaModels;
import dev.langchain4j.model.ollama.OllamaStreamingChatModel;
import dev.langchain4j.model.openai.OpenAiChatModel;
import dev.langchain4j.model.openai.OpenAiEmbeddingModel;
import dev.langchain4j.model.openai.OpenAiLanguageModel;
import dev.langchain4j.model.openai.OpenAiModelCatalog;
import dev.langchain4j.model.openai.OpenAiStreamingChatModel;
import io.restassured.RestAssured;
import java.util.List;

/** LangChain4j's clients of one door. */
enum LangChain4jDoor {
  OLLAMA {
    @Override
    List<String> models() {
      return OllamaModels.builder().baseUrl(url()).build().availableModels().content().stream()
          .map(OllamaModel::getName)
          .toList();
    }

    @Override
    LanguageModel language() {
      return OllamaLanguageModel.builder().baseUrl(url()).modelName(ClientScript.MODEL).build();
    }

    @Override
    ChatModel chat(String model) {
      return OllamaChatModel.builder().baseUrl(url()).modelName(model).maxRetries(0).build();
    }

    @Override
    StreamingChatModel streaming(String model) {
      return OllamaStreamingChatModel.builder().baseUrl(url()).modelName(model).build();
    }

    @Override
    EmbeddingModel embeddings() {
      return OllamaEmbeddingModel.builder().baseUrl(url()).modelName(ClientScript.MODEL).build();
    }
  },

  OPENAI {
    @Override
    List<String> models() {
      return OpenAiModelCatalog.builder()
          .baseUrl(url() + "/v1")
          .apiKey(KEY)
          .build()
          .listModels()
          .stream()
          .map(each -> each.name())
          .toList();
    }

    @Override
    LanguageModel language() {
      return OpenAiLanguageModel.builder()
          .baseUrl(url() + "/v1")
          .apiKey(KEY)
          .modelName(ClientScript.MODEL)
          .build();
    }

    @Override
    ChatModel chat(String model) {
      return OpenAiChatModel.builder()
          .baseUrl(url() + "/v1")
          .apiKey(KEY)
          .modelName(model)
          .maxRetries(0)
          .build();
    }

    @Override
    StreamingChatModel streaming(String model) {
      return OpenAiStreamingChatModel.builder()
          .baseUrl(url() + "/v1")
          .apiKey(KEY)
          .modelName(model)
          .build();
    }

    @Override
    EmbeddingModel embeddings() {
      return OpenAiEmbeddingModel.builder()
          .baseUrl(url() + "/v1")
          .apiKey(KEY)
          .modelName(ClientScript.MODEL)
          .build();
    }
  };

  private static final String KEY = "none";

  abstract List<String> models();

  abstract LanguageModel language();

  abstract ChatModel chat(String model);

  abstract StreamingChatModel streaming(String model);

  abstract EmbeddingModel embeddings();

  private static String url() {
    return "http://127.0.0.1:" + RestAssured.port;
  }
}
