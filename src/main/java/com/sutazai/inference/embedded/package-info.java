/**
 * The engine inside as this process sees it: a child that is started, watched and started again.
 */
@NullMarked
package com.sutazai.inference.embedded;

import org.jspecify.annotations.NullMarked;
