/** What callers are told as it happens: events of tasks. */
@NullMarked
package com.sutazai.realtime;

import org.jspecify.annotations.NullMarked;
