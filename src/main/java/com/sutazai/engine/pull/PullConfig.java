package com.sutazai.engine.pull;

import java.net.URI;

/**
 * Where models are pulled from.
 *
 * @param registry of names without a host
 * @param allowPrivate whether addresses that the internet cannot reach may be asked
 */
public record PullConfig(URI registry, boolean allowPrivate) {}
