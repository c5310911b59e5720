dofile(os.getenv "RETAKE_GAME" .. "/conf.lua")
