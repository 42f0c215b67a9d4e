/** The tier of the cache that is a Redis server, a Sentinel group or a Cluster. */
@NullMarked
package com.sutazai.cache.redis;

import org.jspecify.annotations.NullMarked;
