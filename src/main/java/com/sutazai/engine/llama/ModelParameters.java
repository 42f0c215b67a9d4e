package com.sutazai.engine.llama;

import java.lang.foreign.StructLayout;

/** {@code llama_model_params}: how a model's file is loaded. */
final class ModelParameters {
  private ModelParameters() {}

  static StructLayout layout(Build build) {
    return switch (build) {
      case B4916 ->
          new Struct()
              .pointers("devices")
              .integers("n_gpu_layers", "split_mode", "main_gpu")
              .padding(4)
              .pointers("tensor_split", "progress_callback", "progress_callback_user_data")
              .pointers("kv_overrides")
              .booleans("vocab_only", "use_mmap", "use_mlock", "check_tensors")
              .padding(4)
              .layout();
      case V0_5_0 ->
          new Struct()
              .pointers("devices", "tensor_buft_overrides")
              .integers("n_gpu_layers", "split_mode", "load_mode", "lazy_mode", "main_gpu")
              .padding(4)
              .pointers("tensor_split", "progress_callback", "progress_callback_user_data")
              .pointers("kv_overrides")
              .booleans("vocab_only", "check_tensors", "use_extra_bufts")
              .booleans("no_host", "no_alloc", "load_mtp")
              .padding(2)
              .layout();
    };
  }
}
