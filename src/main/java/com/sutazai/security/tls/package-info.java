/** TLS at the door: certificate, key, and what clients must show. */
@NullMarked
package com.sutazai.security.tls;

import org.jspecify.annotations.NullMarked;
