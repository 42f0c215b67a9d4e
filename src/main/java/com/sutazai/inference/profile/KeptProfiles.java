package com.sutazai.inference.profile;

import java.util.Optional;
import java.util.function.Consumer;

/** The last profile of each model. */
interface KeptProfiles {
  Optional<ModelProfile> find(ProfiledModel model);

  /** To be called before a model is measured; takes what comes of it. */
  Consumer<ModelProfile> begin(ProfiledModel model);
}
