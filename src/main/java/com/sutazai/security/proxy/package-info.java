/** Proxies that stand before this program: which of them are believed, and what they tell. */
@NullMarked
package com.sutazai.security.proxy;

import org.jspecify.annotations.NullMarked;
