package com.sutazai.engine.pull;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * A file to be got.
 *
 * @param sha256 what its bytes must have, in hexadecimal; empty when nobody says so
 * @param size bytes that it has; empty when that is learned from the server
 */
record Blob(URI at, Optional<String> sha256, OptionalLong size) {}
