/** How fast a model is on this machine, measured when somebody asks. */
@NullMarked
package com.sutazai.inference.profile;

import org.jspecify.annotations.NullMarked;
