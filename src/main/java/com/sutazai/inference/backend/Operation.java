package com.sutazai.inference.backend;

/** What a model server is asked to do, in the words of one dialect. */
public enum Operation {
  GENERATE(Dialect.OLLAMA, "/api/generate"),
  CHAT(Dialect.OLLAMA, "/api/chat"),
  EMBED(Dialect.OLLAMA, "/api/embed"),
  COMPLETIONS(Dialect.OPENAI, "/v1/completions"),
  CHAT_COMPLETIONS(Dialect.OPENAI, "/v1/chat/completions"),
  EMBEDDINGS(Dialect.OPENAI, "/v1/embeddings");

  private final Dialect dialect;
  private final String path;

  Operation(Dialect dialect, String path) {
    this.dialect = dialect;
    this.path = path;
  }

  public Dialect dialect() {
    return dialect;
  }

  /** Where a server of the dialect takes it. */
  public String path() {
    return path;
  }

  /** Whether the answer comes in pieces; embeddings come as one. */
  public boolean streams() {
    return this != EMBED && this != EMBEDDINGS;
  }

  /** Reads one answer of a server that was asked in this dialect. */
  public ChunkReader reader() {
    if (!streams()) {
      return new AnswerReader();
    }
    return dialect == Dialect.OLLAMA ? new OllamaReader() : new OpenAiReader();
  }

  /** Puts the pieces of one answer together. */
  public Collector collector() {
    return dialect == Dialect.OLLAMA
        ? new PiecesCollector(Shape.OLLAMA_ANSWER, whole -> whole)
        : new PiecesCollector(Shape.OPENAI_ANSWER, WholeCompletion::of);
  }
}
