/**
 * One model at work: sequences that are computed beside each other, and what becomes of their
 * tokens.
 */
@NullMarked
package com.sutazai.engine.decode;

import org.jspecify.annotations.NullMarked;
