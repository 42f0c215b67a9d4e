/**
 * A trial run from which the Java machine makes a cache (JEP 483, 514 and 515): classes that are
 * loaded and linked already, and which methods are called most. A start that uses it takes about
 * half the time, and its first requests are not the slowest ones.
 */
@NullMarked
package com.sutazai.boot.train;

import org.jspecify.annotations.NullMarked;
