/**
 * Callbacks: tells an address of the caller's choice, signed and again and again, that a task has
 * ended.
 */
@NullMarked
package com.sutazai.tasks.callback;

import org.jspecify.annotations.NullMarked;
