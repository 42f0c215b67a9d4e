package com.sutazai.engine.decode;

import com.sutazai.engine.llama.Model;

/**
 * A model that is in memory.
 *
 * @param context tokens that a prompt and its answer may have together
 * @param bytes of its weights and of what it remembers of all its sequences
 * @param embeddingBytes more that it has once it has computed an embedding
 */
public record LoadedModel(Model model, int context, long bytes, long embeddingBytes) {}
