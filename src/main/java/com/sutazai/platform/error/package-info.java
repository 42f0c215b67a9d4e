/** The catalogue of errors and their one shape on the wire, RFC 9457 problem documents. */
@NullMarked
package com.sutazai.platform.error;

import org.jspecify.annotations.NullMarked;
