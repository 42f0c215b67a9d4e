/** Workflows: tasks that wait for each other and hand their results on. */
@NullMarked
package com.sutazai.tasks.workflow;

import org.jspecify.annotations.NullMarked;
