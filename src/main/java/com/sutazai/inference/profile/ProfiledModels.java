package com.sutazai.inference.profile;

import com.sutazai.inference.backend.ModelFailure;
import org.jspecify.annotations.Nullable;

/** The models that can be measured. */
public interface ProfiledModels {
  /** The installed model that the name means; null means the configured one. */
  ProfiledModel find(@Nullable String name) throws ModelFailure, InterruptedException;
}
