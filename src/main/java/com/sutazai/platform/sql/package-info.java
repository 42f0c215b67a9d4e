/** Plain SQL on virtual threads: the only place that knows the reactive PostgreSQL client. */
@NullMarked
package com.sutazai.platform.sql;

import org.jspecify.annotations.NullMarked;
