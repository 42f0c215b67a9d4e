/** Names of every metric and label, and nothing else. */
@NullMarked
package com.sutazai.platform.metric;

import org.jspecify.annotations.NullMarked;
