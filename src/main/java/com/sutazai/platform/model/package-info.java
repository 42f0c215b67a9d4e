/** What names of models mean, wherever somebody names one. */
@NullMarked
package com.sutazai.platform.model;

import org.jspecify.annotations.NullMarked;
