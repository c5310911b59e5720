dofile "spec/hosts/love/conf.lua"
