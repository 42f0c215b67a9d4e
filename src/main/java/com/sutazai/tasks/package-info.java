/** Tasks as callers see them: the REST door of the queue and the way a task is run. */
@NullMarked
package com.sutazai.tasks;

import org.jspecify.annotations.NullMarked;
