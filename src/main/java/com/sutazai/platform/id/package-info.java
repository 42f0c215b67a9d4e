/** Identifiers made in Java (UUIDv7). */
@NullMarked
package com.sutazai.platform.id;

import org.jspecify.annotations.NullMarked;
