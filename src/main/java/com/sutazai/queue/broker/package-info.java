/** Distribution of due jobs over RabbitMQ: messages are hints, the database decides. */
@NullMarked
package com.sutazai.queue.broker;

import org.jspecify.annotations.NullMarked;
