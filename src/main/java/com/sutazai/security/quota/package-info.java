/** Quotas: how much a key may ask for, counted here and settled with the other processes. */
@NullMarked
package com.sutazai.security.quota;

import org.jspecify.annotations.NullMarked;
