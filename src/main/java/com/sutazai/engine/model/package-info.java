/**
 * The model files that the engine inside can run: which there are, what they are, how to get more.
 */
@NullMarked
package com.sutazai.engine.model;

import org.jspecify.annotations.NullMarked;
