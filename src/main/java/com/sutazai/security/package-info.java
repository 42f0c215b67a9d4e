/** Who gets in, checked before any route is reached. */
@NullMarked
package com.sutazai.security;

import org.jspecify.annotations.NullMarked;
