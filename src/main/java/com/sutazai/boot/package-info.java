/**
 * Brings the program up and down: embedded PostgreSQL, configuration sources, migration, start-up
 * banner.
 */
@NullMarked
package com.sutazai.boot;

import org.jspecify.annotations.NullMarked;
