/** Addresses that strangers name: which of them may be gone to, and how to stay with them. */
@NullMarked
package com.sutazai.platform.net;

import org.jspecify.annotations.NullMarked;
