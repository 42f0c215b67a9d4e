/** Doors that speak other people's protocols. */
@NullMarked
package com.sutazai.gateway;

import org.jspecify.annotations.NullMarked;
