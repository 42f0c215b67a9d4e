/** Tokens of an issuer: JSON web tokens, checked with the keys that it publishes. */
@NullMarked
package com.sutazai.security.jwt;

import org.jspecify.annotations.NullMarked;
