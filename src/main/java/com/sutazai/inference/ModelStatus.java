package com.sutazai.inference;

import org.jspecify.annotations.Nullable;

/**
 * Whether the model server can answer.
 *
 * @param model the installed model that requests without one of their own get; null when none
 * @param remedy what is missing and the command that adds it; null when nothing is
 */
public record ModelStatus(String server, @Nullable String model, @Nullable String remedy) {}
