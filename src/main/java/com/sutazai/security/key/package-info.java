/** API keys: made, rotated, revoked, and checked without asking the database for each request. */
@NullMarked
package com.sutazai.security.key;

import org.jspecify.annotations.NullMarked;
