/** What was read or computed before, kept in tiers: memory, Redis, PostgreSQL. */
@NullMarked
package com.sutazai.cache;

import org.jspecify.annotations.NullMarked;
