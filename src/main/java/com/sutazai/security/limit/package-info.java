/** How much one request, one connection and all of them together may take. */
@NullMarked
package com.sutazai.security.limit;

import org.jspecify.annotations.NullMarked;
