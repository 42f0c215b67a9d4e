/** The durable job queue on PostgreSQL: claim, lease, heartbeat, retry, dead letter. */
@NullMarked
package com.sutazai.queue;

import org.jspecify.annotations.NullMarked;
