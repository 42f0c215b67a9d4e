/** Answers of routes that said so, kept as bytes and given again (RFC 9111). */
@NullMarked
package com.sutazai.cache.http;

import org.jspecify.annotations.NullMarked;
