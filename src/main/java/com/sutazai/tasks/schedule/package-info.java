/** Schedules: tasks that are submitted again and again, by cron expressions. */
@NullMarked
package com.sutazai.tasks.schedule;

import org.jspecify.annotations.NullMarked;
