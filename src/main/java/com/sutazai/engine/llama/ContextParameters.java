package com.sutazai.engine.llama;

import java.lang.foreign.StructLayout;

/** {@code llama_context_params}: how much a context holds and how it computes. */
final class ContextParameters {
  private ContextParameters() {}

  static StructLayout layout(Build build) {
    return switch (build) {
      case B4916 ->
          new Struct()
              .integers("n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_threads", "n_threads_batch")
              .integers("rope_scaling_type", "pooling_type", "attention_type")
              .floats("rope_freq_base", "rope_freq_scale", "yarn_ext_factor", "yarn_attn_factor")
              .floats("yarn_beta_fast", "yarn_beta_slow")
              .integers("yarn_orig_ctx")
              .floats("defrag_thold")
              .padding(4)
              .pointers("cb_eval", "cb_eval_user_data")
              .integers("type_k", "type_v")
              .booleans("logits_all", "embeddings", "offload_kqv", "flash_attn", "no_perf")
              .padding(3)
              .pointers("abort_callback", "abort_callback_data")
              .layout();
      case V0_5_0 ->
          new Struct()
              .integers("n_ctx", "n_batch", "n_ubatch", "n_seq_max", "n_rs_seq", "n_outputs_max")
              .integers("n_outputs_max_per_seq", "n_threads", "n_threads_batch", "ctx_type")
              .integers("rope_scaling_type", "pooling_type", "attention_type", "flash_attn_type")
              .floats("rope_freq_base", "rope_freq_scale", "yarn_ext_factor", "yarn_attn_factor")
              .floats("yarn_beta_fast", "yarn_beta_slow")
              .integers("yarn_orig_ctx")
              .floats("defrag_thold")
              .pointers("cb_eval", "cb_eval_user_data")
              .integers("type_k", "type_v")
              .pointers("abort_callback", "abort_callback_data")
              .booleans("embeddings", "offload_kqv", "no_perf", "op_offload", "swa_full")
              .booleans("kv_unified")
              .padding(2)
              .pointers("samplers")
              .longs("n_samplers")
              .pointers("ctx_other")
              .layout();
    };
  }
}
